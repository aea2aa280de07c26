// Package formats lists the payload formats that the verifier accepts.
//
// The list is explicit so that it can be read from top to bottom; a format that is not in it does not exist.
// Adding one is a folder and a line here. It may import the formats and nothing else.
package formats

import (
	"vratar/verifier"
	"vratar/verifier/formats/aadhaar"
	"vratar/verifier/formats/claim169"
	"vratar/verifier/formats/document"
	"vratar/verifier/formats/hcert"
	"vratar/verifier/formats/mdoc"
	"vratar/verifier/formats/notice"
	"vratar/verifier/formats/nzcp"
	"vratar/verifier/formats/pretix"
	"vratar/verifier/formats/sdjwt"
	"vratar/verifier/formats/shc"
	"vratar/verifier/formats/vds"
	"vratar/verifier/formats/vdsnc"
)

// All returns the accepted formats in sniffing order: those with a mark of their own first, notices last,
// because what they recognise is the least specific.
func All() []verifier.Format {
	return []verifier.Format{
		hcert.Format{},
		document.Format{},
		nzcp.Format{},
		shc.Format{},
		sdjwt.Format{},
		mdoc.Format{},     // by the first member of its map
		claim169.Format{}, // by a zlib header and the alphabet, and nothing else
		vds.Format{},      // by two bytes that begin no text
		vdsnc.Format{},
		aadhaar.Format{}, // hundreds of digits
		pretix.Format{},  // by its last characters
		notice.Format{},
	}
}
