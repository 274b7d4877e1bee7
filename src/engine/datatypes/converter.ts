import type { FhirNode } from "../../fhir/path/fhir-node.js";
import type { RmObject } from "../../openehr/rm/rm-object.js";
import type { TemplateNode } from "../../openehr/template/template.js";
import type { ConversionContext, FhirData } from "./fhir-data.js";

/**
 * Both directions of one openEHR data type. Each lives in a file of its own with its field table in the comment.
 * A converter never throws for a value it cannot take: it answers undefined, and the caller decides what that means.
 */
export interface DataTypeConverter {
  /** RM class, without generic parameter. */
  readonly rmType: string;
  /** The FHIR value that carries this RM value; undefined when nothing in it can be carried. */
  toFhir(value: RmObject, context: ConversionContext): FhirData | undefined;
  /**
   * The (possibly partial) RM value for a FHIR value; undefined when this type does not take that FHIR type.
   * @param place the template node that takes the value, where its constraint decides about something
   */
  toOpenEhr(node: FhirNode, context: ConversionContext, place?: TemplateNode): RmObject | undefined;
}
