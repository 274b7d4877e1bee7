#!/usr/bin/env node
import { readConfig } from "../config.js";
import { compileMapper } from "../engine/mapper.js";
import { runCommandLine } from "./run-command-line.js";

process.exitCode = await runCommandLine(process.argv.slice(2), {
  compile: (source) => compileMapper(source, readConfig(process.env).config.semantics),
  timeZone: () => readConfig(process.env).config.timeZone,
  serve: async () => {
    // Loaded only here: mapping a file needs no server.
    const { runServer } = await import("../main.js");
    await runServer(process.env);
  },
  standardInput: process.stdin,
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
});
