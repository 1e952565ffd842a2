// Holds documents of the service against standard JSON-LD and Turtle processors (json-ld.md 1, case N1).
//
//   node linked_data.mjs DIRECTORY
//
// DIRECTORY holds context.json and ontology.ttl as served, and the documents, each with the URL it came from:
// {"url": …, "document": …}. Prints what is wrong, a line each; ends with 0 when nothing is. Needs no network: the only
// context there is comes from the directory.
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import jsonld from 'jsonld';
import {Parser} from 'n3';

const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';
const RDFS = 'http://www.w3.org/2000/01/rdf-schema#';
const OWL = 'http://www.w3.org/2002/07/owl#';

const directory = process.argv[2];
const faults = [];
const context = JSON.parse(readFileSync(join(directory, 'context.json'), 'utf8'));
const namespace = context['@context'].sr;

// ---- the ontology

const quads = new Parser({format: 'Turtle'}).parse(readFileSync(join(directory, 'ontology.ttl'), 'utf8'));
const defined = new Map();
for (const {subject, predicate, object} of quads) {
  if (!subject.value.startsWith(namespace)) continue;
  if (!defined.has(subject.value)) defined.set(subject.value, new Map());
  defined.get(subject.value).set(predicate.value, object);
}
for (const [term, facts] of defined) {
  const type = facts.get(RDF + 'type')?.value ?? '';
  if (!facts.has(RDFS + 'label')) faults.push(`ontology: ${term} has no label`);
  if (!facts.has(RDFS + 'isDefinedBy')) faults.push(`ontology: ${term} is not said to be defined here`);
  if (type.startsWith(OWL) && !facts.has(RDFS + 'comment')) faults.push(`ontology: ${term} has no comment`);
  if (type.endsWith('Property') && !facts.has(RDFS + 'range')) faults.push(`ontology: ${term} has no range`);
  if (type.startsWith(namespace) && !defined.has(type)) faults.push(`ontology: ${term} is of the undefined class ${type}`);
}

const PREMIS = 'http://www.loc.gov/premis/rdf/v3/';
for (const [term, above] of [['Bag', 'Representation'], ['File', 'File'], ['Location', 'StorageLocation'],
  ['IngestEvent', 'Event']]) {
  const told = defined.get(namespace + term)?.get(RDFS + 'subClassOf')?.value;
  if (told !== PREMIS + above) faults.push(`ontology: ${term} is not a PREMIS ${above}, but ${told}`);
}

// ---- the documents

function loader(contextUrl) {
  return async (url) => {
    if (url !== contextUrl) throw new Error(`another context is named: ${url}`);
    return {contextUrl: null, documentUrl: url, document: context};
  };
}

/// Every IRI in a set of quads: absolute, and of the namespace only what is defined.
function checkTerms(name, rdf) {
  for (const quad of rdf) {
    for (const term of [quad.subject, quad.predicate, quad.object]) {
      if (term.termType !== 'NamedNode') continue;
      if (!/^[a-z][a-z0-9+.-]*:/i.test(term.value)) faults.push(`${name}: a relative IRI is left: ${term.value}`);
      if (term.value.startsWith(namespace) && !defined.has(term.value)) {
        faults.push(`${name}: ${term.value} is not in the ontology`);
      }
    }
  }
}

/// As many members in the expanded document as in the one that was sent: none was dropped.
function countMembers(value) {
  if (Array.isArray(value)) return value.reduce((sum, one) => sum + countMembers(one), 0);
  if (value === null || typeof value !== 'object') return 0;
  return Object.entries(value).reduce((sum, [name, inner]) => {
    if (name === '@context') return sum;
    // One that is kept as JSON is one member, whatever is in it.
    const opaque = name === 'checksums' || name === 'fields';
    return sum + 1 + (opaque ? 0 : countMembers(inner));
  }, 0);
}

function countExpanded(value) {
  if (Array.isArray(value)) return value.reduce((sum, one) => sum + countExpanded(one), 0);
  if (value === null || typeof value !== 'object') return 0;
  return Object.entries(value).reduce((sum, [name, inner]) => {
    if (name === '@type' && !('@value' in value)) return sum + 1;
    if (name === '@list') return sum + countExpanded(inner);
    if (name.startsWith('@')) return sum;
    // Two spellings of one property come out as two values of it.
    const spellings = name === `${namespace}sourceOrganisation` ? inner.length : 1;
    return sum + spellings + countExpanded(inner);
  }, 0);
}

const kinds = new Set();
for (const file of readdirSync(directory).sort()) {
  if (!file.endsWith('.doc.json')) continue;
  const {url, document} = JSON.parse(readFileSync(join(directory, file), 'utf8'));
  const name = file.replace('.doc.json', '');
  const first = Object.keys(document)[0];
  if (first !== '@context') faults.push(`${name}: begins with ${first}`);
  kinds.add(document.type);
  const options = {base: url, documentLoader: loader(document['@context']), safe: true};
  try {
    const expanded = await jsonld.expand(document, options);
    const [sent, kept] = [countMembers(document), countExpanded(expanded)];
    if (sent !== kept) faults.push(`${name}: ${sent} members were sent, ${kept} come out`);
    const rdf = await jsonld.toRDF(document, options);
    if (rdf.length === 0) faults.push(`${name}: nothing comes out of it`);
    checkTerms(name, rdf);
    // Back again: what the service means is what it wrote.
    const compacted = await jsonld.compact(expanded, document['@context'], options);
    if (compacted.type !== document.type) faults.push(`${name}: comes back as ${compacted.type}`);
    checkMeaning(name, document, rdf);
  } catch (error) {
    faults.push(`${name}: ${error.message} ${JSON.stringify(error.details ?? {}).slice(0, 400)}`);
  }
}

/// A few statements that are the point of it all.
function checkMeaning(name, document, rdf) {
  const objects = (property) => rdf.filter((quad) => quad.predicate.value === namespace + property)
      .map((quad) => quad.object.value);
  if (document.type === 'Ingest') {
    const code = `${namespace}status-${document.status.id}`;
    if (!objects('code').includes(code)) faults.push(`${name}: its status is not ${code}`);
    const [list] = rdf.filter((quad) => quad.predicate.value === `${namespace}event`).map((quad) => quad.object.value);
    const empty = document.events.length === 0;
    if (empty !== (list === `${RDF}nil`)) faults.push(`${name}: its events are no list`);
  }
  if (document.type === 'Bag' && document.location) {
    const tier = `${namespace}tier-${document.location.accessTier}`;
    if (!objects('accessTier').includes(tier)) faults.push(`${name}: its location is not of ${tier}`);
    const {sourceOrganisation} = document.info;
    if (sourceOrganisation && !objects('sourceOrganisation').includes(sourceOrganisation)) {
      faults.push(`${name}: its organisation is lost`);
    }
  }
}

for (const fault of faults) console.log(fault);
console.log(`${kinds.size} kinds of documents: ${[...kinds].sort().join(', ')}`);
process.exit(faults.length === 0 ? 0 : 1);
