using Azure.Storage.Blobs;
using EdgeAI;
using EdgeAI.Models;
using EdgeAI.Samples;
using Microsoft.Extensions.DependencyInjection;

if (args is not [var name, .. var rest] || rest.Length > 1 || Environment.GetEnvironmentVariable("AZURE_STORAGE_CONNECTION_STRING") is not { Length: > 0 } account)
{
    Console.Error.WriteLine("Set AZURE_STORAGE_CONNECTION_STRING, and give a model's name, and its file to publish it: shop/add:1 add.onnx");
    return 2;
}

var container = new BlobContainerClient(account, "models");
await container.CreateIfNotExistsAsync();
await using var edge = EdgeRuntime.Create(
    options => options.DataDirectory = "data/blob-tier",
    builder => builder.AddStorage(storage => storage.AddCluster("blob", new BlobTier("blob", container))));

if (rest is [var file])
{
    await edge.Store.ImportAsync(name, ModelSource.FromFile(file));
    await edge.Store.FlushAsync();
    Console.WriteLine($"{name} is in the container.");
}
else
{
    var pulled = await edge.Store.PullAsync(name);
    Console.WriteLine($"{pulled.Model.Reference} is here: {pulled.BytesMoved} bytes came.");
}

return 0;
