// Vaccinations, tests and recoveries as four formats tell them, in the same few words: what it is about, which
// vaccine, which dose, when, with which result. Codes that are common enough have their name here; others stay as
// they are.

import type { Claim } from "../api";
import type { Leaf, Scalar } from "./claims";

type Claims = Record<string, Claim>;

/** What a health document says; null for other formats. */
export function healthClaims(format: string, claims: Claims): Leaf[] | null {
  switch (format) {
    case "hcert":
      return [...each(claims["v"], vaccination), ...each(claims["t"], test), ...each(claims["r"], recovery)];
    case "vdsnc":
      return [...each(claims["ve"], vaccinationEvent), ...testOfTraveller(claims)];
    case "shc":
      return fhir(claims);
    case "nzcp":
      return []; // names and dates alone
    default:
      return null;
  }
}

/** EU certificate, group v. */
function vaccination(v: Claims): Leaf[] {
  const [dose, doses] = [v["dn"], v["sd"]];
  return leaves({
    target: named(v["tg"]),
    vaccine: named(v["mp"]) ?? named(v["vp"]),
    dose: dose && doses ? `${dose} / ${doses}` : dose,
    date: v["dt"],
    country: v["co"],
  });
}

/** EU certificate, group t. */
function test(t: Claims): Leaf[] {
  return leaves({
    target: named(t["tg"]),
    result: named(t["tr"]),
    sample_time: t["sc"],
    place: t["tc"],
    country: t["co"],
  });
}

/** EU certificate, group r. */
function recovery(r: Claims): Leaf[] {
  return leaves({
    target: named(r["tg"]),
    first_positive: r["fr"],
    valid_from: r["df"],
    valid_until: r["du"],
    country: r["co"],
  });
}

/** ICAO proof of vaccination: a vaccine with its doses. */
function vaccinationEvent(event: Claims): Leaf[] {
  const about = leaves({ target: named(event["dis"]), vaccine: event["nam"] ?? named(event["des"]) });
  return [
    ...about,
    ...each(event["vd"], (d) => leaves({ dose: d["seq"], date: d["dvc"], place: d["adm"], country: d["ctr"] })),
  ];
}

/** ICAO proof of testing. */
function testOfTraveller(claims: Claims): Leaf[] {
  const [place, times, outcome] = [object(claims["sp"]), object(claims["dat"]), object(claims["tr"])];
  return leaves({
    result: named(outcome["r"]),
    sample_time: times["sc"],
    place: place["spn"],
    country: place["ctr"],
  });
}

/** SMART Health Card: the immunizations and observations of its bundle, in their order. */
function fhir(vc: Claims): Leaf[] {
  const bundle = object(object(vc["credentialSubject"])["fhirBundle"]);
  let doses = 0;
  return each(bundle["entry"], (entry) => {
    const resource = object(entry["resource"]);
    switch (resource["resourceType"]) {
      case "Immunization":
        doses++;
        return leaves({
          vaccine: coded(resource["vaccineCode"]),
          dose: doses,
          date: resource["occurrenceDateTime"],
          place: object(object(first(resource["performer"]))["actor"])["display"],
        });
      case "Observation":
        return leaves({
          test: coded(resource["code"]),
          result: coded(resource["valueCodeableConcept"]) ?? resource["valueString"],
          sample_time: resource["effectiveDateTime"],
        });
      default:
        return [];
    }
  });
}

/** A FHIR CodeableConcept in words. */
function coded(concept: Claim | undefined): Claim | undefined {
  const { text, coding } = object(concept);
  const { code, display } = object(first(coding));
  return named(code, false) ?? text ?? display ?? code;
}

/** EU and SNOMED codes, CVX numbers, ICD-11. */
const names: Record<string, string> = {
  "840539006": "COVID-19",
  RA01: "COVID-19",
  "RA01.0": "COVID-19",
  "260415000": "not_detected",
  "260373001": "detected",
  "EU/1/20/1528": "Comirnaty",
  "EU/1/20/1507": "Spikevax",
  "EU/1/21/1529": "Vaxzevria",
  "EU/1/20/1525": "Jcovden",
  "EU/1/21/1618": "Nuvaxovid",
  "Sputnik-V": "Sputnik V",
  "1119349007": "mRNA",
  XM68M6: "COVID-19",
  "207": "Moderna COVID-19",
  "208": "Pfizer COVID-19",
  "210": "AstraZeneca COVID-19",
  "211": "Novavax COVID-19",
  "212": "Janssen COVID-19",
};

/** The name of a code; the code itself, or undefined, where it is not known. */
function named(code: Claim | undefined, orItself = true): Claim | undefined {
  const known = typeof code === "string" ? names[code] : undefined;
  return known ?? (orItself ? code : undefined);
}

function leaves(values: Record<string, Claim | undefined>): Leaf[] {
  return Object.entries(values).flatMap(([key, value]) => (isScalar(value) && value !== "" ? [{ key, value }] : []));
}

function isScalar(value: Claim | undefined): value is Scalar {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function each(list: Claim | undefined, read: (item: Claims) => Leaf[]): Leaf[] {
  return Array.isArray(list) ? list.flatMap((item) => read(object(item))) : [];
}

function first(list: Claim | undefined): Claim | undefined {
  return Array.isArray(list) ? list[0] : undefined;
}

function object(value: Claim | undefined): Claims {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
