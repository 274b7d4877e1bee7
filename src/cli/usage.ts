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

  causeway webtemplate --template T.opt
      Write the web template of an operational template.

  causeway example --template T.opt [--format F] [--extent minimal|maximal]
      Write a composition that is valid for the template.

  causeway convert --template T.opt --from F --to F INPUT
      Convert a composition. What the other format has no place for is named on standard error.

  causeway validate --template T.opt [--from F] INPUT
      Check a composition against the reference model and the template, and write what was found.

      F                  canonical (JSON), flat, structured or xml; canonical when left out

Exit codes: 0 done, 1 refused by the template, the mapping or the input, or done with findings, 2 wrong usage.
`;
