/** What the command line takes; printed on request and after a mistake. */
export const usage = `Usage:
  causeway serve
      Start the server. It is configured by environment variables.

  causeway map --template T.opt --mappings DIR --to fhir|openehr [--flat] INPUT
      Map one file without a server and write the result to standard output.
      INPUT is a composition (canonical JSON or FLAT) or a FHIR resource; - reads standard input.

      --template T.opt   operational template (OPT 1.4 XML)
      --mappings DIR     folder with FHIR Connect files (.yml, .yaml), sub-folders included
      --to fhir|openehr  what to map to
      --flat             with --to openehr: write FLAT instead of canonical JSON

Exit codes: 0 mapped, 1 refused by the template, the mapping or the input, 2 wrong usage.
`;
