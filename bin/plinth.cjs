#!/usr/bin/env node
// Old syntax on purpose: a Node that is too old must get as far as the sentence below.
"use strict";

var found = process.versions.node;
var parts = found.split(".");
var major = Number(parts[0]);
var minor = Number(parts[1]);

if (major < 22 || (major === 22 && minor < 18)) {
  console.error("plinth needs Node 22.18 or newer, and this is Node " + found + ".");
  process.exit(1);
}

// Whoever reads it, such as `head`, may have seen enough. The command still does all that it was asked for.
process.stdout.on("error", function (error) {
  if (error.code !== "EPIPE") throw error;
});

require("../dist/cli/main.js")
  .main(process.argv.slice(2), process)
  .then(function (code) {
    process.exitCode = code;
  });
