package rsakey

import (
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"math/big"
)

// The self-test's key, whose private half was thrown away, and its signatures over selfTestMessage.
const (
	selfTestMessage  = "self-test"
	selfTestExponent = 65537
	selfTestModulus  = "" +
		"d93b7e7c3f1238f5bc3a65ef2f0a89dbeea41d0116b40a940193d960580fa32236ce4044d9c986f9c1ed70ac4cd9ac51698af700" +
		"40b1442a02e66a730eb4aa3c9cc34a3bc13fad3f97fd674c0b9b891c5f521af20bf8956cf047def370ed03cabe4fccaa50faa759" +
		"9534c36cfd76bceadef53570cb49fd0fe54b39258c81d4ac31ddb28e43724534e0e73a7d6f5693d6b3166861e31d8b6d3efd924b" +
		"17a226a24c789023d52d0ed0b82421d8441fc95d154957719ac9c3d323bf2f1c6eed87b5e18044f3536e8ddcfee6cb5257bdc679" +
		"ee483bc921e91f3af2e056d061b09c8df4e7fdc8304d7eb8de5ba1180bef4736261d5e42f8187006bb7df66c32da9633"
	selfTestPKCS1v15 = "" +
		"bcbb59878ffaf1d21d1b4aad64b7296ec179d395d119a36cf29fabb4643ece243f4d8bdbd1ab86569d07a81f45db48001b6d328f" +
		"488cae1d51d1b401e2bc9a404c695bebcc081f711f6fd71169d6fb142c4e544d2ee94537439a3a8e9da039fb2ccfceb73a8b5356" +
		"875c3cbb247bd21c1c222d6fd1bdd36c1ff9660742feafce5bd3e96cddc939e3083241339accc6cc9b41c942332715fa20d435ff" +
		"533807264c391bfc05f8620d832878ce2206d7172d0e2b35a3bd416c170e5c29074acd59e810a2642e7373a93c54ea4fe6425edf" +
		"f6ba354181db15c2e1d5077a1a99ad6c1d6130e77c65545cf1c9c15697f904100112fe8a6d204c9beab9a0263bb3fc67"
	selfTestPSS = "" +
		"0023e8e7e53a809be1c01ac5ba7b0ede8e4df5c07eeefff3f6a5dd53a212d72dea39c9e0468aa3bff4fe14c20d3deb60407cabeb" +
		"e6cefad223d2cf4485da5af85118a0ccbe3a75d5ca33558e613b4af5d1b30463e1f97f1e2f80a08a3435b9ea2de7bc9fcc9e7400" +
		"f5341f26989a7c80cea3b7c9629f1dbc3b135c46cfe3749e8a86e352d48e897d277fd61115d257713837afcee6e1c25dbe644eea" +
		"fc992ad8842f66dd367f59b428a3d4a21d31f6d49b8e9f76dd9add54f60669e6d5dae905fe8acbc8c0b38378b9dc50f79eeeb662" +
		"a8499bcf399e45aef47978f89a4e700f21de8e1f9a65d059c5def630fc58234919e2549cd321997b1d949242ea2c9a0a"
)

// selfTest reports whether on a path good signatures verify, and the same with one bit turned do not.
func selfTest(path string) bool {
	n, ok := new(big.Int).SetString(selfTestModulus, 16)
	k, err := Prepare(&rsa.PublicKey{N: n, E: selfTestExponent})
	if !ok || err != nil {
		return false
	}
	digest := sha256.Sum256([]byte(selfTestMessage))
	for s, signature := range map[scheme]string{pkcs1v15: selfTestPKCS1v15, pss: selfTestPSS} {
		b, err := hex.DecodeString(signature)
		if err != nil || !k.check(path, s, &digest, b) {
			return false
		}
		b[len(b)/2] ^= 1
		if k.check(path, s, &digest, b) {
			return false
		}
	}
	return true
}
