using EdgeAI.Benchmarks.Runtime.Loading;
using EdgeAI.Inference;
using EdgeAI.Models;

namespace EdgeAI.Benchmarks.Runtime.Swapping;

/// <summary>Models in a store of their own, imported when it lacks them.</summary>
internal static class SwapModels
{
    private const int Samples = 512;
    private const int State = 2 * 1 * 128;

    public static async Task ImportAsync(EdgeRuntime edge, string name, string file)
    {
        if (await edge.Store.FindAsync(name) is null)
        {
            await edge.Store.ImportAsync(name, ModelSource.FromFile(file));
        }
    }

    /// <summary>OCR's three, Silero, ISNet's two, where their files are, and synthetic ones up to eight.</summary>
    public static async Task<IReadOnlyList<SwapModel>> LoadEightAsync(BenchmarkContext context, EdgeRuntime edge)
    {
        var models = new List<SwapModel>();
        foreach (var (name, file, inputs, runEvery) in Published())
        {
            var path = Path.Combine(context.Options.Models, file);
            if (File.Exists(path))
            {
                await ImportAsync(edge, name, path);
                models.Add(new SwapModel(await edge.Engine.LoadAsync(name), inputs, runEvery));
            }
            else
            {
                BenchmarkContext.Say($"a synthetic model stands for '{path}'; bash eng/fetch-models.sh --large gets it");
            }
        }

        var input = LayeredModel.MakeInput();
        foreach (var layered in LayeredModel.Spread(8 - models.Count, 4 << 20, 40 << 20))
        {
            await ImportAsync(edge, layered.Name, layered.Ensure(context.Folder("models")));
            models.Add(new SwapModel(await edge.Engine.LoadAsync(layered.Name), () => LayeredModel.MakeInputs(input), RunEvery: 1));
        }

        return models;
    }

    // OCR gets the smallest picture, for it is the swap that is measured; a run of ISNet takes a second whatever it gets.
    private static IEnumerable<(string Name, string File, Func<ModelInputs> Inputs, int RunEvery)> Published()
    {
        foreach (var ocr in BenchmarkModel.Ocr)
        {
            var height = ocr.Name == "detection" ? 64 : 48;
            yield return (ocr.Name, ocr.File, () => new ModelInputs { ["x"] = TensorValue.Create(new float[3 * height * 64], 1, 3, height, 64) }, 1);
        }

        yield return ("silero", "silero_vad_v5.onnx", () => new ModelInputs
        {
            ["input"] = TensorValue.Create(new float[Samples], 1, Samples),
            ["state"] = TensorValue.Create(new float[State], 2, 1, 128),
            ["sr"] = TensorValue.Scalar(16000L),
        }, 1);
        foreach (var size in (string[])["small", "medium"])
        {
            yield return ("isnet-" + size, $"isnet_{size}.onnx", () => new ModelInputs { ["input"] = TensorValue.Create(new float[3 * 1024 * 1024], 1, 3, 1024, 1024) }, 200);
        }
    }
}
