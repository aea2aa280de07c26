package mandate

import (
	"vratar/verifier/jsontext"
)

// AppendJSON appends the report's public form, one JSON object, to dst:
//
//	{"outcome":"invalid","reason":"mandate_expired",
//	 "checks":[{"check":"format","result":"pass"},…,{"check":"dates","result":"fail","code":"expired","detail":"…"},…],
//	 "warnings":["attached_signature"]}
func (r *Report) AppendJSON(dst []byte) []byte {
	dst = appendWord(append(dst, `{"outcome":`...), r.Outcome.String())
	dst = appendWord(append(dst, `,"reason":`...), r.Reason.String())
	dst = append(dst, `,"checks":[`...)
	for c := range r.Checks {
		if c > 0 {
			dst = append(dst, ',')
		}
		dst = r.Checks[c].append(dst, Check(c))
	}
	dst = append(dst, `],"warnings":[`...)
	for i, name := range r.Warnings.Names() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendWord(dst, name)
	}
	return append(dst, `]}`...)
}

// MarshalJSON is AppendJSON, for answers that hold a report among other things.
func (r Report) MarshalJSON() ([]byte, error) { return r.AppendJSON(nil), nil }

func (a *Answer) append(dst []byte, c Check) []byte {
	dst = appendWord(append(dst, `{"check":`...), c.String())
	dst = appendWord(append(dst, `,"result":`...), a.Result.String())
	if a.Code != "" {
		dst = appendWord(append(dst, `,"code":`...), string(a.Code))
	}
	if a.Detail != "" {
		dst = jsontext.AppendString(append(dst, `,"detail":`...), a.Detail)
	}
	return append(dst, '}')
}

// appendWord quotes a word of a closed list of ours, in which nothing has to be escaped.
func appendWord(dst []byte, word string) []byte {
	return append(append(append(dst, '"'), word...), '"')
}
