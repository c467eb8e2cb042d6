// Reads a stage with the npm package `oscquery` and prints what it understood.
const { OSCQueryDiscovery } = require("oscquery");

async function main(port) {
  const service = await new OSCQueryDiscovery().queryNewService("127.0.0.1", port);
  const methods = Object.fromEntries(service.flat().map((method) => [method.full_path, method]));
  process.stdout.write(JSON.stringify({ host: service.hostInfo, methods }));
  process.exit(0);
}

main(Number(process.argv[2])).catch((error) => {
  console.error(error);
  process.exit(1);
});
