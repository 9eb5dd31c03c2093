/** Prints the examples of @jsonforms/examples as JSON: [{name, label, schema?, uischema?, data?}]. */

import {createRequire} from "node:module";

const {getExamples} = createRequire(import.meta.url)("@jsonforms/examples");
const told = getExamples().map(({name, label, schema, uischema, data}) => ({name, label, schema, uischema, data}));
process.stdout.write(JSON.stringify(told));
