using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

// Serves models as another process than the test:
//   <data> <port for REST> <port for gRPC> [<name> <model file>]…
// A port of 0 is a free one. It says both addresses when it serves, and ends with its input.
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.Listen(IPAddress.Loopback, int.Parse(args[1], CultureInfo.InvariantCulture));
    kestrel.Listen(IPAddress.Loopback, int.Parse(args[2], CultureInfo.InvariantCulture), listen => listen.Protocols = HttpProtocols.Http2);
});
var edge = builder.Services.AddEdgeAI(options => options.DataDirectory = args[0]).AddServing();
for (var i = 3; i + 1 < args.Length; i += 2)
{
    edge.AddModel(args[i], args[i + 1]);
}

var app = builder.Build();
app.MapEdgeAI();
await app.StartAsync();
Console.WriteLine(string.Join(' ', app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses));
await Console.In.ReadToEndAsync();
await app.StopAsync();
