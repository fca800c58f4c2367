using EdgeAI.Models;

namespace EdgeAI.Benchmarks.Runtime.Swapping;

/// <summary>Models in a store of their own, imported when it lacks them.</summary>
internal static class SwapModels
{
    public static async Task ImportAsync(EdgeRuntime edge, string name, string file)
    {
        if (await edge.Store.FindAsync(name) is null)
        {
            await edge.Store.ImportAsync(name, ModelSource.FromFile(file));
        }
    }
}
