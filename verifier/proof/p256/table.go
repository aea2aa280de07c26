package p256

import "crypto/elliptic"

// baseWindow is the window of the generator's table, of which there is one in a process: 449 KiB, half of a
// second-level cache. It makes the digits of both scalars fill nine rounds of eight lanes where the key's window is 6.
const baseWindow = 9

// pointSize is the size of a point in bytes.
const pointSize = 64

// digitBits is enough for every scalar below n, recoded: see digits.
const digitBits = 256

// maxDigits is the number of digits in the smallest window.
const maxDigits = digitBits / MinWindow

// table holds the odd multiples of a point P that make up every multiple of it without a doubling: for each digit
// i, (2j+1)·2^(window·i)·P. With it a multiplication is one addition per digit.
type table struct {
	window int
	points []point // per digit 2^(window-1) points; fewer for the last one, whose high bits are fixed
}

// digitCount is the number of digits of a scalar.
func digitCount(window int) int { return (digitBits + window - 1) / window }

// perDigit is the number of points per digit.
func perDigit(window int) int { return 1 << (window - 1) }

// lastDigit is the number of points of the last digit. A scalar is below 2^256, half of it below 2^255, and the
// recoding fixes the bit above that.
func lastDigit(window int) int { return 1 << (digitBits - 1 - window*(digitCount(window)-1)) }

// newTable computes the table of p, which is on the curve.
func newTable(p *point, window int) *table {
	n, per := digitCount(window), perDigit(window)
	t := &table{window, make([]point, (n-1)*per+lastDigit(window))}
	sums := make([]xyzz, n) // sums[i] = 2^(window·i)·p
	sums[0].set(p)
	for i := 1; i < n; i++ {
		sums[i] = sums[i-1]
		for range window {
			sums[i].double()
		}
	}
	base := affine(sums)
	for i := range sums {
		sums[i].double()
	}
	step := affine(sums)
	for j := range per {
		if j > 0 {
			if j == lastDigit(window) {
				n--
				base, step = base[:n], step[:n]
			}
			addAll(base, step)
		}
		for i := range base {
			t.points[i*per+j] = base[i]
		}
	}
	return t
}

// affine brings the points, none of which has zz = 0, to affine form with one inversion.
func affine(sums []xyzz) []point {
	z := make([]fe, len(sums))
	for i := range sums {
		z[i] = sums[i].zzz
	}
	invertAll(z)
	points := make([]point, len(sums))
	for i := range sums {
		a, p := &sums[i], &points[i]
		var iz fe // zz/zzz = 1/z, of which zz is the square
		iz.mul(&a.zz, &z[i])
		iz.sqr(&iz)
		p.x.mul(&a.x, &iz)
		p.y.mul(&a.y, &z[i])
		p.x, p.y = p.x.canonical(), p.y.canonical()
	}
	return points
}

// addAll sets a[i] = a[i] + b[i]; no pair is equal or opposite.
func addAll(a, b []point) {
	z := make([]fe, len(a))
	for i := range a {
		z[i].sub(&b[i].x, &a[i].x)
	}
	invertAll(z)
	for i := range a {
		var l, x, y fe // the slope and the sum
		l.sub(&b[i].y, &a[i].y)
		l.mul(&l, &z[i])
		x.sqr(&l)
		x.sub(&x, &a[i].x)
		x.sub(&x, &b[i].x)
		y.sub(&a[i].x, &x)
		y.mul(&y, &l)
		y.sub(&y, &a[i].y)
		a[i] = point{x.canonical(), y.canonical()}
	}
}

// invertAll inverts every element, none of which is zero, with one inversion (Montgomery's trick).
func invertAll(z []fe) {
	before := make([]fe, len(z)) // the product of all elements before this one
	product := one()
	for i := range z {
		before[i] = product
		product.mul(&product, &z[i])
	}
	// The inverse of x·2^256 is 1/x·2^-256; two factors 2^256 bring it to Montgomery form.
	inv := fe(inverse(product.canonical(), fieldModulus()))
	r2 := r2()
	inv.mul(&inv, &r2)
	inv.mul(&inv, &r2)
	for i := len(z) - 1; i >= 0; i-- {
		old := z[i]
		z[i].mul(&inv, &before[i])
		inv.mul(&inv, &old)
	}
}

// generator is the base point (SEC 2 §2.4.2).
func generator() *point {
	p := elliptic.P256().Params()
	var xy [64]byte
	p.Gx.FillBytes(xy[:32])
	p.Gy.FillBytes(xy[32:])
	return affineFrom(xy)
}

// affineFrom reads x and y, most significant byte first.
func affineFrom(xy [64]byte) *point {
	p := point{words((*[32]byte)(xy[:32])), words((*[32]byte)(xy[32:]))}
	r2 := r2()
	p.x.mul(&p.x, &r2)
	p.y.mul(&p.y, &r2)
	p.x, p.y = p.x.canonical(), p.y.canonical()
	return &p
}
