// Holds docs/openapi.json against the OpenAPI rules, and what a service answered against docs/openapi.json.
//
//   node openapi.mjs DOCUMENT EXCHANGES
//
// EXCHANGES has a line of JSON for each exchange: {method, path (a template of the document), status, type, body}, body
// being the document of an answer in JSON. Prints what is wrong, a line each; ends with 0 when nothing is: the document
// is valid and linted, no answer is undocumented or of another shape, and every documented answer was seen.
import {readFileSync} from 'node:fs';
import {createConfig, lintFromString} from '@redocly/openapi-core';
import Ajv from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

const [documentFile, exchangesFile] = process.argv.slice(2);
const text = readFileSync(documentFile, 'utf8');
const document = JSON.parse(text);
const faults = [];

// ---- the document

// Public paths have no 4xx of their own, and the licence is the file beside the program.
const config = await createConfig({extends: ['recommended'], rules: {'operation-4xx-response': 'off'}});
for (const problem of await lintFromString({source: text, absoluteRef: documentFile, config})) {
  faults.push(`lint: ${problem.ruleId}: ${problem.message} at ${problem.location?.[0]?.pointer ?? '?'}`);
}

// ---- the answers

const ajv = new Ajv({strict: false, allErrors: false});
formats(ajv);
ajv.addSchema({...document, $id: 'openapi'});
const compiled = new Map();
function validator(pointer) {
  if (!compiled.has(pointer)) compiled.set(pointer, ajv.compile({$ref: `openapi#${pointer}`}));
  return compiled.get(pointer);
}
const escaped = (part) => part.replaceAll('~', '~0').replaceAll('/', '~1');

/// Where a response of an operation is, past a reference.
function locate(path, method, status) {
  const responses = document.paths[path]?.[method]?.responses;
  if (!responses) return null;
  const name = status in responses ? String(status) : 'default' in responses ? 'default' : null;
  if (name === null) return null;
  const given = responses[name];
  const pointer = given.$ref ? given.$ref.slice(1) : `/paths/${escaped(path)}/${method}/responses/${name}`;
  const found = given.$ref ? document.components.responses[given.$ref.split('/').pop()] : given;
  return {name, pointer, response: found};
}

// What `default` stands for, and nothing else.
const others = new Set([405, 413, 414, 415, 429, 500, 503]);
const seen = new Set();
for (const line of readFileSync(exchangesFile, 'utf8').split('\n')) {
  if (line === '') continue;
  const {method, path, status, type, body} = JSON.parse(line);
  const name = `${method} ${path} ${status}`;
  const found = locate(path, method.toLowerCase(), status);
  if (!found || (found.name === 'default' && !others.has(status))) {
    faults.push(`${name} is not documented`);
    continue;
  }
  seen.add(`${method.toLowerCase()} ${path} ${found.name}`);
  const content = found.response.content;
  const media = (type ?? '').split(';')[0].trim();
  if (!content) {
    if (media) faults.push(`${name} has a body of ${media}, and none is documented`);
    continue;
  }
  if (!(media in content)) {
    faults.push(`${name} is of ${media || 'no type'}, documented are ${Object.keys(content).join(', ')}`);
    continue;
  }
  if (body === undefined || body === null) continue;
  const validate = validator(`${found.pointer}/content/${escaped(media)}/schema`);
  if (!validate(body)) {
    const [error] = validate.errors;
    faults.push(`${name}: ${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`);
  }
}
for (const [path, operations] of Object.entries(document.paths)) {
  for (const [method, operation] of Object.entries(operations)) {
    for (const status of Object.keys(operation.responses)) {
      if (status === 'default') continue;
      if (!seen.has(`${method} ${path} ${status}`)) faults.push(`${method} ${path} ${status} was never seen`);
    }
  }
}

for (const fault of faults) console.log(fault);
console.log(`${seen.size} kinds of answers seen`);
process.exit(faults.length === 0 ? 0 : 1);
