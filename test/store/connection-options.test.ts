import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDatabaseUrl } from "../../src/store/connection-options.js";

const part = fc.string({ unit: "grapheme", minLength: 1 });

describe("a database URL", () => {
  it("gives back any user, password and database that were encoded into it", () => {
    fc.assert(
      fc.property(part, part, part, fc.integer({ min: 1, max: 65_535 }), (user, password, database, port) => {
        const [login, secret, name] = [user, password, database].map(encodeURIComponent);
        expect(parseDatabaseUrl(`postgres://${login}:${secret}@db.example:${port}/${name}`)).toEqual({
          host: "db.example",
          port,
          user,
          password,
          database,
          ignoredParameters: [],
        });
      }),
    );
  });

  it.each([
    ["", undefined],
    ["sslmode=disable", undefined],
    ["sslmode=prefer", undefined],
    ["sslmode=require", { check: "none" }],
    ["sslmode=require&sslrootcert=/ca.pem", { check: "chain", certificateAuthorityFile: "/ca.pem" }],
    ["sslmode=verify-ca", { check: "chain" }],
    ["sslmode=verify-full&sslrootcert=/ca.pem", { check: "full", certificateAuthorityFile: "/ca.pem" }],
    ["ssl=true", { check: "full" }],
  ])("asks for TLS as libpq does: %s", (query, tls) => {
    expect(parseDatabaseUrl(`postgres://db/care?${query}`).tls).toEqual(tls);
  });

  it.each([
    "",
    "db",
    "http://db/care",
    "postgres:/db/care",
    "postgres://a:b/c@db/care",
    "postgres://db:0/care",
    "postgres://db:65536/care",
    "postgres://one,two/care",
    "postgres://db/care?sslmode=verify-none",
    "postgres://a:%zz@db/care",
    "postgres://a:b?c@db/care",
  ])("that is malformed is refused: %s", (url) => {
    expect(() => parseDatabaseUrl(url)).toThrow(/The database URL/);
  });
});
