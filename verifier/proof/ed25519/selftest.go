package ed25519

import "encoding/hex"

// The self-test's signatures are the first three of RFC 8032 §7.1.
var selfTests = [...]struct{ public, message, signature string }{
	{
		"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
		"e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
	},
	{
		"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
		"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
	},
	{
		"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
		"6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
	},
}

// selfTest reports whether a path gives the right answers, alone and in a group, to signatures that are good and to the
// same with one bit turned.
func selfTest(path string) bool {
	var jobs []Job
	for _, t := range selfTests {
		public, _ := hex.DecodeString(t.public)
		message, _ := hex.DecodeString(t.message)
		good, _ := hex.DecodeString(t.signature)
		k, err := Prepare(public, minWindow)
		if err != nil {
			return false
		}
		bad := append([]byte(nil), good...)
		bad[len(jobs)*15] ^= 1
		jobs = append(jobs, Job{k, message, good}, Job{k, message, bad})
	}
	ok := make([]bool, len(jobs))
	checkGroup(path, jobs, ok)
	for i, j := range jobs {
		want := i%2 == 0
		if ok[i] != want || j.Key.check(path, j.Message, j.Signature) != want {
			return false
		}
	}
	return true
}

// check verifies with the tables.
func (k *Key) check(path string, message, signature []byte) bool {
	if path == PathIFMA {
		return k.checkIFMA(message, signature)
	}
	return k.checkPortable(message, signature)
}
