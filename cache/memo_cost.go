package cache

import "vratar/verifier"

// overhead is the memory of what was proven beside its texts: the structures, room that stayed empty, a share of the
// maps.
const overhead = 1280

// parsed is how much larger a certificate is when it was read than its bytes are.
const parsed = 4

// cost estimates the memory of what was proven, in bytes.
func cost(p *verifier.Proven) int64 {
	c := p.Credential
	n := overhead + len(p.Payload) + len(c.Format) + len(c.Type) + len(c.Issuer) + len(c.Country) + len(c.ID) +
		len(c.Holder.Name) + len(c.Holder.BirthDate) + len(c.Holder.DocumentNumber) + len(c.Claims) +
		len(c.Proof.KeyID) + len(c.Proof.Signed) + len(c.Proof.Signature)
	if c.Status != nil {
		n += len(c.Status.URI)
	}
	for _, b := range c.RevocationHashes {
		n += 24 + len(b)
	}
	for _, b := range c.Proof.Chain {
		n += 24 + len(b)
	}
	if p.Key.Fleeting && p.Key.Certificate != nil { // else the certificate is the trust list's
		n += parsed * len(p.Key.Certificate.Raw)
	}
	if h := c.HolderProof; h != nil {
		n += overhead + len(h.Proof.Signed) + len(h.Proof.Signature) + len(h.Audience) + len(h.Nonce) +
			len(h.Parts[0]) + len(h.Parts[1])
	}
	return int64(n)
}
