package ed25519

import "unsafe"

// entry is a point as additions want it: y+x, y−x and 2dxy, each below p.
type entry struct {
	y    [2]element // y+x, y−x
	xy2d element
}

// table holds, for each window i of a scalar, the multiples 1 … 2ʷ⁻¹ of 2ʷⁱ·P, so that a multiple of P is a sum of
// entries without a doubling. Entry 0 is the neutral element; window i starts after i·2ʷ⁻¹ further ones.
type table struct {
	window  int
	bias    scalar
	entries []entry
}

// tableSize is the memory of a table of that window, in bytes.
func tableSize(window int) int {
	return (1 + digitCount(window)<<(window-1)) * int(unsafe.Sizeof(entry{}))
}

func newTable(p *point, window int) *table {
	half := 1 << (window - 1)
	t := &table{window, biasOf(window), make([]entry, 1, 1+digitCount(window)*half)}
	t.entries[0] = entry{y: [2]element{one, one}}
	row := make([]point, half)
	inverses, scratch := make([]element, half), make([]element, half)
	base := *p
	for range digitCount(window) {
		row[0] = base
		for i := 1; i < half; i++ {
			row[i] = row[i-1]
			row[i].add(&base)
		}
		for i := range row {
			inverses[i] = row[i].z
		}
		invertAll(inverses, scratch) // Z = 1 for all with one inversion
		for i := range row {
			t.entries = append(t.entries, row[i].entry(&inverses[i]))
		}
		base = row[half-1]
		base.double()
	}
	return t
}

// entry is p as a table holds it, given 1/Z.
func (p *point) entry(zInverse *element) entry {
	var x, y, s element
	x.mul(&p.x, zInverse)
	y.mul(&p.y, zInverse)
	var e entry
	s.add(&y, &x)
	e.y[0] = s.words()
	s.sub(&y, &x)
	e.y[1] = s.words()
	s.mul(&x, &y)
	s.mul(&s, &curveD2)
	e.xy2d = s.words()
	return e
}

// invertAll replaces elements, none of them zero, by their inverses. The scratch is as long as they are.
func invertAll(all, scratch []element) {
	product := one
	for i := range all {
		scratch[i] = product
		product.mul(&product, &all[i])
	}
	product.invert(&product)
	for i := len(all) - 1; i >= 0; i-- {
		scratch[i].mul(&product, &scratch[i])
		product.mul(&product, &all[i])
		all[i] = scratch[i]
	}
}

func (t *table) recode(s *scalar, out *[maxDigits]digit) []digit {
	return s.recode(t.window, &t.bias, out)
}

// addMultiple adds s·P to sum, for the table of P.
func (t *table) addMultiple(sum *point, s *scalar) {
	var space [maxDigits]digit
	for _, d := range t.recode(s, &space) {
		sum.addEntry(&t.entries[d.index()], d.minus())
	}
}
