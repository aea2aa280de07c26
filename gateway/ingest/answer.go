package ingest

import (
	"strconv"
	"time"

	"vratar/cache/ledger"
	"vratar/verifier"
	"vratar/verifier/jsontext"
)

// Answer is what a reader is told about one scan.
type Answer struct {
	Verdict  verifier.Verdict
	Passage  ledger.Passage
	Ruling   Ruling        // whether the checker might ask, and what he is shown
	Replayed bool          // the passage was recorded by an earlier request with the same nonce
	Elapsed  time.Duration // of the judgement
}

// AppendJSON appends the answer: the members of the verdict, then those of the passage. Where both speak of
// the outcome, the passage counts: it is what was recorded.
func (a *Answer) AppendJSON(dst []byte) []byte {
	v, p := a.Verdict, &a.Passage
	a.Ruling.disclose(&v, p)
	v.Reason = p.Reason
	v.Outcome = named(p.Outcome, v.Outcome, verifier.Indeterminate, verifier.Valid, verifier.Invalid)
	v.Stage = named(p.Stage, v.Stage, verifier.StageDecode, verifier.StageTrust, verifier.StageTime,
		verifier.StageStatus, verifier.StageHolder, verifier.StagePolicy, verifier.StageAdmission, verifier.StageAuthority)
	dst = v.AppendMembers(append(dst, '{'), a.Elapsed)
	if p.Seq != 0 { // a full disk denies without a record
		dst = appendText(dst, `,"id":`, p.ID)
		dst = strconv.AppendUint(append(dst, `,"seq":`...), p.Seq, 10)
	}
	dst = appendText(dst, `,"decision":`, p.Decision.String())
	dst = appendText(dst, `,"checkpoint":`, p.Checkpoint)
	dst = appendText(dst, `,"direction":`, p.Direction.String())
	dst = appendText(dst, `,"nonce":`, p.Nonce)
	dst = appendTime(dst, `,"at":"`, p.At)
	if !p.ScannedAt.IsZero() {
		dst = appendTime(dst, `,"scanned_at":"`, p.ScannedAt)
	}
	if p.Previous != nil {
		dst = strconv.AppendUint(append(dst, `,"previous":{"seq":`...), p.Previous.Seq, 10)
		dst = appendTime(dst, `,"at":"`, p.Previous.At)
		dst = append(appendText(dst, `,"checkpoint":`, p.Previous.Checkpoint), '}')
	}
	dst = a.Ruling.appendReport(dst)
	if a.Replayed {
		dst = append(dst, `,"replayed":true`...)
	}
	return append(dst, '}')
}

// named finds the value with this spelling; fallback when there is none.
func named[T interface{ String() string }](spelling string, fallback T, values ...T) T {
	for _, v := range values {
		if v.String() == spelling {
			return v
		}
	}
	return fallback
}

func appendText(dst []byte, head, value string) []byte {
	return jsontext.AppendString(append(dst, head...), value)
}

func appendTime(dst []byte, head string, t time.Time) []byte {
	return append(t.UTC().AppendFormat(append(dst, head...), time.RFC3339Nano), '"')
}
