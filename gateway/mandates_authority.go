package gateway

import (
	"time"

	"vratar/cache/ledger"
	"vratar/gateway/access"
	"vratar/gateway/ingest"
	"vratar/gateway/mandates"
	"vratar/verifier"
	"vratar/verifier/jsontext"
	"vratar/verifier/mandate"
)

// authority rules whether one visitor may ask. It holds nothing that could outlive his sign-in: mandates are judged
// anew each time.
type authority struct {
	gateway *Gateway
	who     *access.Identity
}

// Rule implements ingest.Authority.
func (a *authority) Rule(checkpoint, number string, at time.Time) ingest.Ruling {
	g, place := a.gateway, a.gateway.places[checkpoint]
	switch {
	case g.mandates == nil && number == "":
		return ingest.Ruling{Sees: place.sees}
	case g.mandates == nil:
		return withoutMandate(ledger.AsOrganisation, number, verifier.ReasonMandateMissing)
	case a.who.Role == access.RoleDevice && number == "":
		// The operator set it up for its organisation; nobody stands there whose mandate could be asked for.
		return ingest.Ruling{Capacity: ledger.AsOrganisation, Organisation: a.who.Organisation, Sees: place.sees}
	case !a.who.Confirmed:
		return withoutMandate(capacityOf(number), number, verifier.ReasonCheckerNotConfirmed)
	case number != "":
		return a.underMandate(place, number, g.moment(at))
	case place.capacity == "organisation":
		return withoutMandate(ledger.AsSelf, "", verifier.ReasonMandateMissing)
	}
	r := withoutMandate(ledger.AsSelf, "", verifier.ReasonOK)
	r.Refusal, r.Sees = verifier.ReasonNone, place.alone
	return r
}

func capacityOf(number string) ledger.Capacity {
	if number == "" {
		return ledger.AsSelf
	}
	return ledger.AsOrganisation
}

// usualReport is room for what is told of a mandate that holds; one that is refused says more.
const usualReport = 896

// underMandate rules for somebody who names a mandate.
func (a *authority) underMandate(place *authorityPlace, number string, at time.Time) ingest.Ruling {
	judged := a.gateway.judgeMandate(place, a.who, number, at)
	if place.capacity == "self" && judged.report.OK() {
		return withoutMandate(ledger.AsOrganisation, number, verifier.ReasonMandateRestricted)
	}
	r := ingest.Ruling{Capacity: ledger.AsOrganisation, Organisation: judged.organisation, Sees: place.sees, Report: judged.appendJSON(make([]byte, 0, usualReport))}
	if !judged.report.OK() {
		r.Refusal = judged.report.Reason
		r.Hold = place.hold && r.Refusal == verifier.ReasonMandateRegistryUnavailable
	}
	return r
}

// withoutMandate is a ruling for which no mandate was judged.
func withoutMandate(capacity ledger.Capacity, number string, reason verifier.Reason) ingest.Ruling {
	outcome := verifier.Invalid
	if reason == verifier.ReasonOK {
		outcome = verifier.Valid
	}
	b := jsontext.AppendString([]byte(`{"capacity":`), string(capacity))
	if number != "" {
		b = jsontext.AppendString(append(b, `,"mandate":`...), number)
	}
	b = jsontext.AppendString(append(b, `,"outcome":`...), outcome.String())
	b = jsontext.AppendString(append(b, `,"reason":`...), reason.String())
	return ingest.Ruling{Capacity: capacity, Refusal: reason, Report: append(b, `,"checks":[],"warnings":[]}`...)}
}

// judgedMandate is a mandate held against one checker at one checkpoint.
type judgedMandate struct {
	number       string
	organisation string // id; empty while it is not his mandate, or its principal is not known
	principal    *mandate.Party
	registry     mandate.RegistryStatus
	report       mandate.Report
}

// judgeMandate judges the mandate at this moment. Of a mandate that does not name the checker nothing is told.
func (g *Gateway) judgeMandate(place *authorityPlace, who *access.Identity, number string, at time.Time) judgedMandate {
	j := judgedMandate{number: number}
	q := mandate.Question{
		At: at, Checker: personOf(who), Powers: place.powers, Limits: place.limits, Policy: place.policy, Principal: place.owner,
	}
	if e := g.mandates.Find(number); e != nil {
		principal := g.principal(e)
		if principal != nil && q.Principal == (mandate.Number{}) {
			q.Principal = numberOf(principal)
		}
		if names(e, who) {
			j.principal, j.registry = principal, g.mandates.Status(number, at)
		}
		if j.principal != nil {
			j.organisation = g.organisationID(numberOf(principal))
		}
	}
	j.report = g.mandates.Judge(number, q)
	return j
}

// principal is whose mandate it is in the end; nil while its original is not known.
func (g *Gateway) principal(e *mandates.Entry) *mandate.Party {
	original := g.mandates.Original(e)
	if original == nil || len(original.Principals) == 0 {
		return nil
	}
	return &original.Principals[0]
}

// names reports whether a mandate names somebody as a representative, by ИНН or СНИЛС.
func names(e *mandates.Entry, who *access.Identity) bool {
	for i := range e.Claimed.Representatives {
		p := &e.Claimed.Representatives[i].Person
		if (p.INN != "" && p.INN == who.INN) || (p.SNILS != "" && p.SNILS == who.SNILS) {
			return true
		}
	}
	return false
}

// appendJSON appends capacity, organisation and mandate, and then what the report says.
func (j *judgedMandate) appendJSON(dst []byte) []byte {
	dst = append(dst, `{"capacity":"organisation"`...)
	if j.principal != nil {
		dst = appendOrganisation(append(dst, `,"organisation":`...), j.organisation, j.principal)
	}
	dst = jsontext.AppendString(append(dst, `,"mandate":`...), j.number)
	if !j.registry.At.IsZero() {
		dst = jsontext.AppendString(append(dst, `,"registry":{"state":`...), j.registry.State.String())
		dst = j.registry.At.UTC().AppendFormat(append(dst, `,"at":"`...), time.RFC3339)
		dst = append(dst, `"}`...)
	}
	at := len(dst)
	dst = j.report.AppendJSON(dst)
	dst[at] = ',' // for the brace that opens the report
	return dst
}

func appendOrganisation(dst []byte, id string, p *mandate.Party) []byte {
	n := numberOf(p)
	dst = jsontext.AppendString(append(dst, `{"id":`...), id)
	for _, m := range [...]struct{ head, value string }{
		{`,"name":`, partyName(p)}, {`,"inn":`, n.INN}, {`,"ogrn":`, n.OGRN},
	} {
		if m.value != "" {
			dst = jsontext.AppendString(append(dst, m.head...), m.value)
		}
	}
	return append(dst, '}')
}

// partyName is what a principal is called on a screen.
func partyName(p *mandate.Party) string {
	switch {
	case p.Kind != mandate.PartySoleTrader && p.Kind != mandate.PartyPerson:
		return p.Organisation.Name
	case p.TradeName != "":
		return p.TradeName
	}
	return p.Person.Name()
}
