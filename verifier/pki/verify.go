package pki

// Verify judges a signature over content: a detached message, or one that holds the very same content. signature is
// DER, or base64 or PEM of it, with or without a byte order mark. Exactly one signer is demanded: a file with more
// has FailureSigners, because which of them would have to be the principal is not for the file to say.
//
// The answer is never nil. The order of checks is that of the failures.
func Verify(content, signature []byte, o Options) *Signed {
	return &Signed{}
}
