// The claims of every format as a flat list of things a person can read. Names differ from format to format; here
// they are brought to one spelling, and what is said elsewhere or is of use to programs alone is left out.

import type { Claim, ScanAnswer } from "../api";
import { count } from "../format";
import { healthClaims } from "./health";

export type Scalar = string | number | boolean;

/** One value with the name under which the dictionaries have its label. */
export interface Leaf {
  key: string; // in lower case
  value: Scalar;
}

/** Said elsewhere on the screen. */
const saidElsewhere = [
  ..."full_name fullname first_name firstname middle_name middlename last_name lastname given_name givenname".split(
    " ",
  ),
  ..."family_name familyname family_name_birth secondaryfullname secondarylanguage surname".split(" "),
  ..."birth_date birthdate dateofbirth dob document_number passport_number reference_id".split(" "),
  ..."iss iat exp nbf vct issuing_authority issuing_country countryofissuance".split(" "),
];

/** Of use to programs alone. */
const technical = [
  ..."kind standard charset crc_valid ver version type scheme cis templates fault language @context sub jti aud cnf".split(
    " ",
  ),
  ..."status _sd _sd_alg seed photo photoformat portrait signature_usual_mark un_distinguishing_sign".split(" "),
  ..."mrz mrz_mrva mrz_mrvb signer certificate_reference document_reference signature_date".split(" "),
  ..."email_mobile_present email_hash mobile_hash bestqualityfingers locationcode face_image".split(" "),
  ..."rightthumb rightpointerfinger rightmiddlefinger rightringfinger rightlittlefinger leftthumb".split(" "),
  ..."leftpointerfinger leftmiddlefinger leftringfinger leftlittlefinger rightiris leftiris".split(" "),
  ..."face rightpalm leftpalm voice uvci utci rid".split(" "),
];

const silent = new Set([...saidElsewhere, ...technical]);

/** Other formats' names of the same thing. */
const sameAs: Record<string, string> = {
  issuing_date: "issue_date",
  date_of_issuance: "issue_date",
  expiry_date: "expiry_date",
  date_of_expiry: "expiry_date",
  validfromunixtime: "valid_from",
  validuntilunixtime: "valid_until",
  vehicle_category_code: "category",
  sex: "gender",
  phone_number: "phone",
  mobile_phone_number: "phone",
  email_address: "email",
  resident_address: "address",
  street_address: "address",
  postal_code: "postcode",
  resident_postal_code: "postcode",
  pin_code: "postcode",
  resident_city: "city",
  locality: "city",
  nationalities: "nationality",
  is_over_16: "age_over_16",
  is_over_18: "age_over_18",
  is_over_21: "age_over_21",
};

/** What the document says, one value after the other, whatever groups they are in. */
export function leavesOf({ document, format, kind, holder }: Told): Leaf[] {
  if (!document) return [];
  const health = kind === "notice" ? null : healthClaims(format, document.claims);
  const said = new Set<Claim>([holder?.name ?? "", holder?.birthDate ?? "", holder?.documentNumber ?? ""]);
  return (health ?? flat(document.claims)).filter((leaf) => !said.has(leaf.value));
}

/** What of an answer tells about the document. */
export type Told = Pick<ScanAnswer, "document" | "format" | "kind" | "holder">;

function flat(claims: Record<string, Claim>): Leaf[] {
  const found: Leaf[] = [];
  Object.entries(claims).forEach(([name, value]) => walk(found, name, value));
  const priced = found.some((l) => l.key === "sum_kopecks"); // then the bare figure would say it again, unreadably
  return withCurrency(found).filter((l) => !(priced && (l.key === "sum" || l.key === "currency")));
}

/** ISO 4217 numbers, as merchants' codes give them, of the currencies that are met here. */
const currencies: Record<string, string> = {
  "398": "₸",
  "643": "₽",
  "417": "сом",
  "860": "soʻm",
  "051": "֏",
  "933": "Br",
  "840": "$",
  "978": "€",
  "156": "¥",
};

/** An amount with its currency behind it, where that has a sign. */
function withCurrency(found: Leaf[]): Leaf[] {
  const amount = found.find((l) => l.key === "amount");
  const sign = currencies[String(found.find((l) => l.key === "currency")?.value)];
  if (!amount || !sign) return found;
  const figure = /^\d{4,12}$/.test(String(amount.value)) ? count(Number(amount.value)) : amount.value;
  const priced = { key: "amount", value: `${figure}\u00a0${sign}` };
  return found.filter((l) => l.key !== "currency").map((l) => (l === amount ? priced : l));
}

function walk(found: Leaf[], name: string, value: Claim): void {
  const lower = name.toLowerCase();
  if (value === null || value === "" || silent.has(lower)) return;
  const key = sameAs[lower] ?? lower;
  if (Array.isArray(value)) value.forEach((v) => walk(found, name, v));
  else if (typeof value === "object") {
    if (!("$b64" in value)) Object.entries(value).forEach(([k, v]) => walk(found, k, v)); // bytes say nothing to people
  } else found.push({ key, value: lower.endsWith("unixtime") ? moment(value) : value });
}

function moment(seconds: Scalar): Scalar {
  return typeof seconds === "number" ? new Date(seconds * 1000).toISOString() : seconds;
}
