// Asks a server by gRPC's library for Node.js, which has an HTTP/2 of its own beneath, and prints what came of it as JSON, a line each.
// Usage: client.js MODULES PROTO TARGET WHAT. MODULES is the folder with the library, PROTO the protocol's file.
'use strict';

const [modules, proto, target, what] = process.argv.slice(2);
const { createRequire } = require('node:module');
const library = createRequire(modules + '/');
const grpc = library('@grpc/grpc-js');
const loader = library('@grpc/proto-loader');
const { service } = library('grpc-health-check');

const loaded = grpc.loadPackageDefinition(loader.loadSync(proto, { keepCase: true, longs: Number, enums: String, defaults: true }));
const unlimited = { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 };
const inference = new loaded.inference.GRPCInferenceService(target, grpc.credentials.createInsecure(), unlimited);
const health = new (grpc.makeClientConstructor(service, 'Health'))(target, grpc.credentials.createInsecure());

const say = value => console.log(JSON.stringify(value));
const call = (client, method, request) => new Promise((resolve, reject) => client[method](request, (error, response) => error ? reject(error) : resolve(response)));
const failure = promise => promise.then(() => 'OK', error => grpc.status[error.code]);
const addOne = values => ({ model_name: 'increment', inputs: [{ name: 'x', datatype: 'FP32', shape: [values.length], contents: { fp32_contents: values } }] });
const floats = bytes => Array.from(new Float32Array(Uint8Array.from(bytes).buffer));

const programs = {
    async infer() {
        const values = new Float32Array(1 << 21).map((_, i) => i % 4096);
        const typed = await call(inference, 'ModelInfer', addOne([1, 2, 3]));
        const raw = await call(inference, 'ModelInfer', {
            model_name: 'increment', inputs: [{ name: 'x', datatype: 'FP32', shape: [values.length] }], raw_input_contents: [Buffer.from(values.buffer)],
        });
        const answered = floats(raw.raw_output_contents[0]);
        say({
            typed: floats(typed.raw_output_contents[0]), shape: typed.outputs[0].shape, count: answered.length,
            wrong: answered.filter((value, i) => value !== i % 4096 + 1).length,
            missing: await failure(call(inference, 'ModelInfer', { model_name: 'none' })),
            statistics: (await call(inference, 'ModelStatistics', { name: 'increment' })).model_stats[0].inference_stats.success.count,
        });
    },

    // As grpc_health_probe asks.
    async check() {
        const statusOf = async name => (await call(health, 'check', { service: name })).status;
        say({ server: await statusOf(''), service: await statusOf('inference.GRPCInferenceService'), other: await failure(call(health, 'check', { service: 'other' })) });
    },

    // Until the server ends it; each state on a line.
    async watch() {
        const watching = health.watch({ service: '' });
        watching.on('data', response => say(response.status));
        await new Promise(resolve => watching.on('status', status => { say(grpc.status[status.code]); resolve(); }).on('error', () => {}));
    },

    // Goes away while its run goes on.
    async leave() {
        const run = inference.ModelInfer({
            model_name: 'loop', inputs: [
                { name: 'trips', datatype: 'INT64', shape: [], contents: { int64_contents: [1000000000] } },
                { name: 'x', datatype: 'FP32', shape: [1, 64], contents: { fp32_contents: new Array(64).fill(0.5) } }],
        }, error => say(grpc.status[error.code]));
        process.stdin.once('data', () => run.cancel());
        await new Promise(resolve => process.stdin.once('end', resolve));
    },
};

programs[what]().then(() => process.exit(0), error => { console.error(error); process.exit(1); });
