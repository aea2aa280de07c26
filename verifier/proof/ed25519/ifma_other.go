//go:build !amd64

package ed25519

func hasIFMA() bool { return false }

// Neither is reached where hasIFMA is false.
func (k *Key) checkIFMA(message, signature []byte) bool { return k.checkPortable(message, signature) }

func sumGroupIFMA(jobs []Job, requests *[groupSize]request, sums *[groupSize]point) {
	for i, j := range jobs {
		sums[i] = requests[i].sum(j.Key)
	}
}
