namespace EdgeAI.Samples.Web.Setup;

/// <summary>Where the sample keeps what it has: where the console sample does, so that they share it.</summary>
internal static class SampleFolders
{
    /// <summary>The folder of everything; <c>--data DIR</c> names another.</summary>
    public static string DataOf(IConfiguration configuration) => Path.GetFullPath(configuration["data"] ?? Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "EdgeAI",
        "samples"));

    /// <summary>The folder of the store.</summary>
    public static string StoreOf(IConfiguration configuration) => Path.Combine(DataOf(configuration), "edge");
}
