import type { FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZodOpenApi } from "fastify-zod-openapi";
import { contextNotFound } from "../cache/compiled-mappers.js";
import { templateIdOfPayload } from "../engine/choose-context.js";
import { tellOtherTemplate, templateIdOfComposition } from "../engine/composition-input.js";
import type { Mapper, MapperSettings } from "../engine/mapper.js";
import { Problem } from "../errors/problem.js";
import { isJsonObject, type JsonValue } from "../fhir/json.js";
import type { OnLeftOut } from "../openehr/building/left-out.js";
import { readCanonicalXml } from "../openehr/formats/canonical-xml/canonical-xml-reader.js";
import { writeJson } from "../openehr/json/write-json.js";
import type { RmObject } from "../openehr/rm/rm-object.js";
import { leftOutOfXml } from "../openehr/validation/left-out-of-document.js";
import type { XmlElement } from "../openehr/xml/xml-element.js";
import { defaultTenant } from "../tenancy/default-tenant.js";
import { addWarning } from "./add-warning.js";
import { bodyLimits, type HttpParts } from "./app-parts.js";
import { readExactJson } from "./json-text.js";
import { LeftOutNotes } from "./left-out-warning.js";
import {
  acceptJson,
  bodyUnseen,
  given,
  jsonBody,
  mappingFailure,
  mappingFailures,
  mappingTags,
} from "./mapping-call-schema.js";
import { BODY_EMPTY, BODY_NOT_A_PAYLOAD } from "./problems.js";
import { utf8Text } from "./utf8-body.js";
import { CanonicalXml, FhirResource, OpenEhrPayload, ReqIdHeader, ToFhirQuery } from "./wire-schemas.js";

const xmlTypes = ["application/xml", "text/xml"] as const;

/** `tofhir` with direct payload (rest-api 3): JSON in every shape of a composition, or canonical XML by media type. */
export const toFhirRoutes: FastifyPluginAsyncZodOpenApi<HttpParts> = async (app, { mappers, settings }) => {
  acceptJson(app, readPayload);
  app.setValidatorCompiler(bodyUnseen);
  app.addContentTypeParser([...xmlTypes], { parseAs: "buffer" }, async (_request: FastifyRequest, body: Buffer) =>
    utf8Text(body),
  );

  for (const url of ["/openfhir/tofhir", "/tofhir"]) {
    app.route({
      method: "POST",
      url,
      bodyLimit: bodyLimits.mappingCalls,
      schema: {
        tags: mappingTags,
        summary: "Map openEHR to FHIR",
        headers: ReqIdHeader,
        querystring: ToFhirQuery,
        body: {
          content: {
            ...jsonBody(OpenEhrPayload),
            ...Object.fromEntries(xmlTypes.map((type) => [type, { schema: CanonicalXml }])),
          },
        },
        response: {
          200: {
            description: "A Bundle. `Warning` headers name what of the composition was not taken over, and why.",
            content: { "application/json": { schema: FhirResource } },
          },
          400: mappingFailure,
          ...mappingFailures,
        },
      },
      handler: async (request, reply) => {
        const payload = payloadOf(request);
        const templateId = given(request.query.templateId) ?? payload.templateId;
        if (templateId === undefined) throw contextNotFound(undefined);
        const mapper = await mappers.get(defaultTenant, templateId);
        request.templateInLog = mapper.templateId;
        const { ids } = request.query;
        const leftOut = new LeftOutNotes();
        const compositions = payload.compositions(mapper, settings.mapper, leftOut.note);
        addWarning(reply, ...leftOut.warnings());
        const bundle = mapper.toFhir(compositions, settings.mapper, ids === undefined ? {} : { resourceIds: ids });
        return reply.type("application/json").send(writeJson(bundle));
      },
    });
  }
};

/** A text is XML only where its media type says so. */
function readPayload(text: string): unknown {
  const payload = readExactJson(text);
  return typeof payload === "string" ? null : payload;
}

/** A body of which is known what it says about its template; the rest is read when the mapper is known. */
interface Payload {
  readonly templateId: string | undefined;
  compositions(mapper: Mapper, settings: MapperSettings, onLeftOut: OnLeftOut): readonly RmObject[];
}

function payloadOf(request: Pick<FastifyRequest, "body">): Payload {
  const body = request.body as JsonValue | undefined;
  if (body === undefined) throw new Problem(BODY_EMPTY, "The request has no body.", { path: "body" });
  return typeof body === "string" ? xmlPayload(body) : jsonPayload(body);
}

function xmlPayload(xml: string): Payload {
  if (xml.trim() === "") throw new Problem(BODY_EMPTY, "The request has no body.", { path: "body" });
  let document: XmlElement | undefined;
  const onRead = (root: XmlElement): void => {
    document = root;
  };
  const object = readCanonicalXml(xml, { onRead });
  return {
    templateId: templateIdOfComposition(object),
    compositions: (mapper, settings, onLeftOut) => {
      for (const path of document === undefined ? [] : leftOutOfXml(document, object)) onLeftOut(path);
      tellOtherTemplate(object, mapper.templateId, "$", onLeftOut);
      return mapper.wholeCompositions([object], settings);
    },
  };
}

/** Looks no deeper than the engine needs to begin: an object, or a list of objects that is not empty. */
function jsonPayload(body: JsonValue): Payload {
  const items = Array.isArray(body) ? body : [body];
  if (items.length === 0 || !items.every((item) => isJsonObject(item) && Object.keys(item).length > 0)) {
    throw new Problem(BODY_NOT_A_PAYLOAD, "The body is neither a composition nor FLAT nor STRUCTURED.", {
      path: "body",
    });
  }
  const [first] = items;
  if (isJsonObject(first) && typeof first.resourceType === "string" && typeof first._type !== "string") {
    const message = "The body is a FHIR resource; it has a resourceType. /tofhir takes openEHR, /toopenehr takes FHIR.";
    throw new Problem(BODY_NOT_A_PAYLOAD, message, { path: "resourceType" });
  }
  return {
    templateId: templateIdOfPayload(body),
    compositions: (mapper, settings, onLeftOut) => mapper.readComposition(body, settings, onLeftOut),
  };
}
