package mandate

// Codes of CheckFormat.
const (
	CodeTooLarge   Code = "too_large"   // more than MaxSize bytes
	CodeEncoding   Code = "encoding"    // neither UTF-8 nor declared as such
	CodeDoctype    Code = "doctype"     // a document type, which could define entities
	CodeXML        Code = "xml"         // not well-formed, or beyond the bounds
	CodeSchema     Code = "schema"      // well-formed, but not as the schema has it
	CodeCheckDigit Code = "check_digit" // a tax, state or insurance number with a wrong check digit
	CodeFileName   Code = "file_name"   // the number in file name or ИдФайл is not НомДовер
	CodeFormat002  Code = "format_002"  // the format before 003
	CodeFormatTax  Code = "format_tax"  // the tax office's own format
	CodeNotMandate Code = "not_mandate" // some other XML document
)

// Codes of CheckSignature and CheckCertificate.
const (
	CodeSignatureMissing     Code = "signature_missing"
	CodeSignatureMalformed   Code = "signature_malformed"
	CodeSigners              Code = "signers" // no signer in a signature, or more than one
	CodeSignerCertificate    Code = "signer_certificate_missing"
	CodeAlgorithm            Code = "algorithm"
	CodeAttributes           Code = "attributes"
	CodeContent              Code = "content" // the file was altered after it was signed
	CodeSignature            Code = "signature"
	CodeAttachedRefused      Code = "attached"
	CodeAttributesMissing    Code = "attributes_missing"
	CodeSignedInFuture       Code = "signed_in_future"
	CodeUntrusted            Code = "untrusted"
	CodeKeyUsage             Code = "key_usage"
	CodeCertificateNotValid  Code = "certificate_not_valid" // at the moment of signing
	CodeCertificateRevoked   Code = "certificate_revoked"   // at the moment of signing
	CodeRevocationUnknown    Code = "revocation_unknown"
	CodeNoTimeEvidence       Code = "no_time_evidence" // the certificate holds no longer, and only the signer says when he signed
	CodeCertificateIssueDate Code = "certificate_issue_date"
)

// Codes of CheckSigner.
const (
	CodeSignerOrganisation   Code = "signer_organisation"    // the certificate names another organisation
	CodeSignerNoOrganisation Code = "signer_no_organisation" // a person's certificate where an organisation's is needed
	CodeSignerPerson         Code = "signer_person"          // another person than who acts for the principal
	CodeSignerClaimed        Code = "signer_claimed"         // a manager or guardian by the file's own word
	CodePrincipalUnnumbered  Code = "principal_unnumbered"   // the file gives no number by which to know the principal
	CodeSignersIncomplete    Code = "signers_incomplete"     // several must sign and not all did
)

// Codes of CheckDates, CheckRepresentative, CheckPowers.
const (
	CodeNotYetValid         Code = "not_yet_valid"
	CodeExpired             Code = "expired"
	CodeOtherOrganisation   Code = "other_organisation"    // the mandate is of another principal
	CodeOtherPerson         Code = "other_person"          // the representative is somebody else
	CodeNotAPerson          Code = "not_a_person"          // the representatives are organisations
	CodeUnnumbered          Code = "unnumbered"            // no number by which to know the checker or the representative
	CodeJoint               Code = "joint"                 // the other representatives are not there
	CodeWords               Code = "words"                 // powers told in words
	CodeNoPower             Code = "no_power"              // a required power is not granted
	CodeNoneConfigured      Code = "none_configured"       // the checkpoint requires no power, so none can be judged
	CodeRestricted          Code = "restricted"            // a restriction is not met
	CodeRestrictionUnknown  Code = "restriction_unknown"   // a restriction that the checkpoint has no value for
	CodeRestrictionInWords  Code = "restriction_in_words"  // a restriction told in words
	CodeRestrictionOfParent Code = "restriction_of_parent" // one that was not passed on, and holds all the same
)

// Codes of CheckChain and CheckRegistry.
const (
	CodeParentUnnamed       Code = "parent_unnamed"  // the mandate does not say on which it rests
	CodeParentMissing       Code = "parent_missing"  // we do not have it, or it was not proven
	CodeChainLoop           Code = "chain_loop"      // it rests on itself
	CodeChainTooDeep        Code = "chain_too_deep"  // more than MaxChain
	CodeNotAllowed          Code = "not_allowed"     // the parent does not let its powers be passed on
	CodeNotRepresentative   Code = "not_parents_own" // who passed on is no representative of the parent
	CodeParentJoint         Code = "parent_joint"    // not all representatives of the parent passed on
	CodeOutlivesParent      Code = "outlives_parent" // or begins before it
	CodeExceedsParent       Code = "exceeds_parent"  // powers that the parent does not hold
	CodeParentEnded         Code = "parent_ended"    // or has not begun
	CodeParentRevoked       Code = "parent_revoked"
	CodeParentNotRegistered Code = "parent_not_registered"
	CodeParentUnavailable   Code = "parent_registry_unavailable"
	CodeOtherOriginal       Code = "other_original" // the chain ends at another mandate or principal than it says
	CodeRevoked             Code = "revoked"
	CodeNotRegistered       Code = "not_registered"
	CodeUnavailable         Code = "registry_unavailable"
	CodeStale               Code = "registry_stale" // the registry's answer is too old
	CodeNotAsked            Code = "registry_not_asked"
	CodeNotProven           Code = "not_proven" // no proven mandate was given
)
