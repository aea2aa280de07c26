// Command asm writes the AVX-512 IFMA code of package rsakey.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const (
	radix = 52
	lanes = 8
)

func main() {
	ConstraintExpr("amd64")
	for _, limbs := range []int{40, 60, 80} {
		montgomery(limbs)
	}
	Generate()
}

// registers of vectors.
var (
	sums   = []reg.VecPhysical{reg.Z0, reg.Z1, reg.Z2, reg.Z3, reg.Z4, reg.Z5, reg.Z6, reg.Z7, reg.Z8, reg.Z9}
	factor = []reg.VecPhysical{reg.Z10, reg.Z11, reg.Z12, reg.Z13, reg.Z14, reg.Z15, reg.Z16, reg.Z17, reg.Z18, reg.Z19}
	digit  = reg.Z20
	clear  = reg.Z21
	zero   = reg.Z22
	above  = reg.Z23
)

// montgomery is "almost Montgomery multiplication" (Gueron and Krasnov, "Software implementation of modular
// exponentiation, using advanced vector instructions architectures", 2012): z = a·b/R mod N, below 2N for a and b below
// 2N, where R = 2^(52·limbs) is above 4N.
//
// For each limb of b: add its products with a, add the multiple of N that clears the lowest limb, drop that limb. Upper
// halves of products are added after that, when their place has come down to the limb that they came from.
//
// A limb of the sum stays within a word: in each step it gains four half products below 2⁵² and, if it is the lowest,
// a carry below 2¹².
func montgomery(limbs int) {
	if limbs*(4<<radix+1<<12)>>radix >= 1<<(64-radix) {
		panic("a limb of the sum overflows its word")
	}
	vectors := (limbs + lanes - 1) / lanes
	sum := sums[:vectors]
	TEXT(fmt.Sprintf("montgomery%d", limbs), NOSPLIT, "func(z, a, b, n *uint64, inverse uint64)")
	Doc(fmt.Sprintf("montgomery%d sets z to a·b/2^(52·%d) modulo n, below 2n, for a and b below 2n; inverse is −1/n modulo", limbs, limbs),
		fmt.Sprintf("2⁵². Numbers are %d limbs of 52 bits, with zeros up to a multiple of eight. z may be a or b.", limbs))
	Pragma("noescape")
	z, a, b, n, inverse, count := reg.RDI, reg.RSI, reg.RBX, reg.R8, reg.R9, reg.RCX
	Load(Param("z"), z)
	Load(Param("a"), a)
	Load(Param("b"), b)
	Load(Param("n"), n)
	Load(Param("inverse"), inverse)
	for j, s := range sum {
		VMOVDQU64(operand.Mem{Base: a, Disp: 64 * j}, factor[j])
		VPXORQ(s, s, s)
	}
	VPXORQ(zero, zero, zero)
	MOVQ(operand.U32(1), reg.RAX)
	KMOVW(reg.EAX, reg.K1)
	MOVQ(operand.U32(limbs), count)

	Label("limb")
	VPBROADCASTQ(operand.Mem{Base: b}, digit)
	for j, s := range sum {
		VPMADD52LUQ(factor[j], digit, s)
	}
	VMOVQ(reg.X0, reg.RAX)
	IMULQ(inverse, reg.RAX)
	VPBROADCASTQ(reg.RAX, clear)
	for j, s := range sum {
		VPMADD52LUQ(operand.Mem{Base: n, Disp: 64 * j}, clear, s)
	}
	VPSRLQ_Z(operand.Imm(radix), sum[0], reg.K1, above)
	for j, s := range sum {
		next := zero
		if j+1 < vectors {
			next = sum[j+1]
		}
		VALIGNQ(operand.Imm(1), s, next, s)
	}
	VPADDQ(above, sum[0], sum[0])
	for j, s := range sum {
		VPMADD52HUQ(factor[j], digit, s)
		VPMADD52HUQ(operand.Mem{Base: n, Disp: 64 * j}, clear, s)
	}
	ADDQ(operand.Imm(8), b)
	DECQ(count)
	JNZ(operand.LabelRef("limb"))

	for j, s := range sum {
		VMOVDQU64(s, operand.Mem{Base: z, Disp: 64 * j})
	}
	carry(z, limbs)
	VZEROUPPER()
	RET()
}

// carry brings the limbs in memory below 2⁵².
func carry(z reg.Register, limbs int) {
	mask, up, limb, count := reg.RDX, reg.R10, reg.RAX, reg.RCX
	MOVQ(operand.Imm(1<<radix-1), mask)
	XORQ(up, up)
	MOVQ(operand.U32(limbs), count)
	Label("carry")
	ADDQ(operand.Mem{Base: z}, up)
	MOVQ(up, limb)
	ANDQ(mask, limb)
	MOVQ(limb, operand.Mem{Base: z})
	SHRQ(operand.Imm(radix), up)
	ADDQ(operand.Imm(8), z)
	DECQ(count)
	JNZ(operand.LabelRef("carry"))
}
