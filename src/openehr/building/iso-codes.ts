/** Language codes that FLAT knows by name (openehr-formats 21.4); case matters. */
const LANGUAGES: ReadonlySet<string> = new Set(
  (
    "aa af ar-ae ar-bh ar-dz ar-eg ar-iq ar-jo ar-kw ar-lb ar-ly ar-ma ar-om ar-qa ar-sa ar-sy ar-tn ar-ye az be bg ca " +
    "cs cy cy-ar cy-gb da de de-at de-ch de-li de-lu el en en-au en-bz en-ca en-gb en-ie en-jm en-nz en-tt en-us en-za " +
    "es es-ar es-bo es-cl es-co es-cr es-do es-ec es-gt es-hn es-mx es-ni es-pa es-pe es-pr es-py es-sv es-uy es-ve et " +
    "eu fa fi fo fr fr-be fr-ca fr-ch fr-lu gd gd-ie he hi hr hu id is it it-ch ja ji kk km ko lt lv mk mt nb nl nl-be " +
    "nn pl pt pt-br pt-pt rm ro ro-mo ru ru-mo sb si sk sl sq sr sv sv-fi sx sz th tn tr ts uk ur ve vi xh zh zh-cn " +
    "zh-hk zh-sg zh-tw zu"
  ).split(" "),
);

/** Territory codes that FLAT knows by name (openehr-formats 21.4). */
const TERRITORIES: ReadonlySet<string> = new Set(
  (
    "AD AE AF AG AI AL AM AN AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BR BS BT BV BW BY BZ CA " +
    "CC CD CF CG CH CI CK CL CM CN CO CR CU CV CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB " +
    "GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE " +
    "KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT " +
    "MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU " +
    "RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR ST SV SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG " +
    "UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
  ).split(" "),
);

/** Whether a text is one of the language codes of ISO 639-1 with regions that openEHR knows. */
export function isLanguageCode(text: string): boolean {
  return LANGUAGES.has(text);
}

/** Whether a text is one of the two-letter territory codes of ISO 3166-1 that openEHR knows. */
export function isTerritoryCode(text: string): boolean {
  return TERRITORIES.has(text);
}
