package issuing

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math"
	"math/big"
)

// Filter describes a Bloom filter of revoked hashes of EU certificates.
type Filter struct {
	Wrong float32 // how often it may name what is not in it, above 0 and below 1
	Room  int     // elements it is made for
}

// RevocationFilter serialises a filter that holds the elements (dgc-bloomfilter, version 1).
func RevocationFilter(f Filter, elements ...[]byte) ([]byte, error) {
	if !(f.Wrong > 0 && f.Wrong < 1) || f.Room < 1 || f.Room > math.MaxInt32 || len(elements) > math.MaxInt32 {
		return nil, errors.New("issuing: a filter is wrong sometimes, and has room for something")
	}
	n, p := float64(f.Room), float64(f.Wrong)
	bits := math.Ceil(n * math.Log(p) / math.Log(1/math.Pow(2, math.Ln2)))
	size := uint64(bits)/8 + 1
	words := size/4 + size%4 // so the official one rounds
	m := new(big.Int).SetUint64(32 * words)
	rounds := max(1, int(math.Round(float64(32*words)/n*math.Ln2)))
	if rounds > math.MaxUint8 {
		rounds = math.MaxUint8
	}
	out := binary.BigEndian.AppendUint16(nil, 1)
	out = append(out, byte(rounds), 0)
	out = binary.BigEndian.AppendUint32(out, math.Float32bits(f.Wrong))
	out = binary.BigEndian.AppendUint32(out, uint32(f.Room))
	out = binary.BigEndian.AppendUint32(out, uint32(len(elements)))
	out = binary.BigEndian.AppendUint32(out, uint32(words))
	set := make([]byte, 4*words)
	for _, e := range elements {
		for i := range rounds {
			at := filterBit(append(append([]byte{}, e...), byte(i)), m)
			set[at/8] |= 0x80 >> (at % 8)
		}
	}
	return append(out, set...), nil
}

// filterBit is SHA-256 as a signed number, modulo m and not negative.
func filterBit(text []byte, m *big.Int) uint64 {
	sum := sha256.Sum256(text)
	n := new(big.Int).SetBytes(sum[:])
	if sum[0]&0x80 != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), 256))
	}
	return n.Mod(n, m).Uint64()
}
