// aws-kinesis-agg on the other side of a pipe.
//   node agg.mjs MODULES aggregate     stdin: JSON lines {key, data (base64), hash?};
//                                      stdout: JSON lines {key, hash, data (base64)} to put
//   node agg.mjs MODULES deaggregate   stdin: JSON lines {key, data (base64)} as read from Kinesis;
//                                      stdout: JSON lines {key, hash, data}
import { createRequire } from "node:module";
import readline from "node:readline";

const [modules, mode] = process.argv.slice(2);
const agg = createRequire(modules + "/x.js")("aws-kinesis-agg");
const lines = [];
for await (const line of readline.createInterface({ input: process.stdin }))
  lines.push(JSON.parse(line));
const out = (value) => process.stdout.write(JSON.stringify(value) + "\n");

if (mode === "aggregate") {
  const records = lines.map((l) => ({ partitionKey: l.key, data: Buffer.from(l.data, "base64"),
    ...(l.hash ? { explicitHashKey: l.hash } : {}) }));
  agg.aggregate(records, (encoded, done) => {
    out({ key: encoded.partitionKey, hash: encoded.explicitHashKey,
      data: Buffer.from(encoded.data).toString("base64") });
    done();
  }, () => {}, (error) => { throw error; });
} else {
  for (const l of lines) {
    const record = { partitionKey: l.key, data: l.data, sequenceNumber: l.sequence };
    agg.deaggregateSync(record, true, (error, users) => {
      if (error) throw error;
      for (const u of users)
        out({ key: u.partitionKey, hash: u.explicitPartitionKey,
          data: Buffer.from(u.data, "base64").toString("base64") });
    });
  }
}
