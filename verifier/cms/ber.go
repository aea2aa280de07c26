package cms

// Identifier octets that matter here (X.690 §8.1.2).
const (
	constructed      = 0x20
	tagNumber        = 0x1f
	octetString      = 0x04
	octetStringParts = octetString | constructed
)

// maxDepth is how deep a message may nest. A signed list takes about ten.
const maxDepth = 24

// toDER appends the first element of b in the distinguished encoding (X.690 §10): lengths definite and as short as
// they can be, strings in one piece. Signers write their messages with open lengths, because they did not know
// them when they began. Orders of sets are left as they are. It returns what is behind the element.
func toDER(dst, b []byte, depth int) (out, rest []byte, err error) {
	h, body, err := readHead(b)
	switch {
	case err != nil:
		return nil, nil, err
	case depth >= maxDepth:
		return nil, nil, errDepth
	case h.id&constructed == 0:
		return append(appendHead(dst, h.id, h.length), body[:h.length]...), body[h.length:], nil
	}
	var content []byte
	inner := body
	if !h.open {
		inner, body = body[:h.length], body[h.length:]
	}
	for {
		if h.open && len(inner) >= 2 && inner[0] == 0 && inner[1] == 0 {
			body = inner[2:]
			break
		}
		if len(inner) == 0 {
			if h.open {
				return nil, nil, errTruncated
			}
			break
		}
		if content, inner, err = h.part(content, inner, depth); err != nil {
			return nil, nil, err
		}
	}
	id := h.id
	if id == octetStringParts {
		id = octetString
	}
	return append(appendHead(dst, id, len(content)), content...), body, nil
}

// part appends an element inside another one; of a string in parts only the part's content.
func (h head) part(dst, b []byte, depth int) (out, rest []byte, err error) {
	if h.id != octetStringParts {
		return toDER(dst, b, depth+1)
	}
	one, rest, err := toDER(nil, b, depth+1)
	if err != nil {
		return nil, nil, err
	}
	inner, body, err := readHead(one)
	if err != nil || inner.id != octetString {
		return nil, nil, errString
	}
	return append(dst, body...), rest, nil
}

// head is the identifier and length of an element.
type head struct {
	id     byte
	length int
	open   bool // until two zero bytes
}

func readHead(b []byte) (h head, body []byte, err error) {
	if len(b) < 2 {
		return head{}, nil, errTruncated
	}
	h.id = b[0]
	if h.id&tagNumber == tagNumber || h.id == 0 {
		return head{}, nil, errTag
	}
	n := int(b[1])
	body = b[2:]
	switch {
	case n == 0x80:
		h.open = true
		if h.id&constructed == 0 {
			return head{}, nil, errLength
		}
		return h, body, nil
	case n > 0x84 || len(body) < n-0x80:
		return head{}, nil, errLength
	case n > 0x80:
		for _, c := range body[:n-0x80] {
			h.length = h.length<<8 | int(c)
		}
		body = body[n-0x80:]
	default:
		h.length = n
	}
	if h.length > len(body) {
		return head{}, nil, errTruncated
	}
	return h, body, nil
}

func appendHead(dst []byte, id byte, length int) []byte {
	dst = append(dst, id)
	switch {
	case length < 0x80:
		return append(dst, byte(length))
	case length < 1<<8:
		return append(dst, 0x81, byte(length))
	case length < 1<<16:
		return append(dst, 0x82, byte(length>>8), byte(length))
	case length < 1<<24:
		return append(dst, 0x83, byte(length>>16), byte(length>>8), byte(length))
	}
	return append(dst, 0x84, byte(length>>24), byte(length>>16), byte(length>>8), byte(length))
}
