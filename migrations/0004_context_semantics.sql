-- How the upload of a context asked its files to be read where dialects of FHIR Connect differ; null when it asked nothing.

alter table mapping add column semantics text
  check (semantics in ('auto', 'openfhir', 'v1'))
  constraint mapping_semantics_of_context check (semantics is null or kind = 'context');
