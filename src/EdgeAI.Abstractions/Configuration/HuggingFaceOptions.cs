namespace EdgeAI.Configuration;

/// <summary>How the Hugging Face Hub is used; what is not set comes from the environment variables of its own tools. Source: its documentation, "Environment variables".</summary>
public sealed class HuggingFaceOptions
{
    /// <summary>The address of the hub or of a mirror, <c>https</c> or <c>http</c>.</summary>
    /// <value>The default is null: <c>HF_ENDPOINT</c>, or <c>https://huggingface.co</c>.</value>
    public Uri? Endpoint { get; set; }

    /// <summary>The access token, for what is private or gated. It goes to the endpoint alone, and into no message.</summary>
    /// <value>The default is null: <c>HF_TOKEN</c>, or what the file at <c>HF_TOKEN_PATH</c> holds (<c>token</c> in <c>HF_HOME</c>). Empty sends none.</value>
    public string? Token { get; set; }

    /// <summary>The folder of models that the hub's tools have fetched, from which they are imported without a download.</summary>
    /// <value>The default is null: <c>HF_HUB_CACHE</c>, or <c>hub</c> in <c>HF_HOME</c> (<c>huggingface</c> in the user's cache folder).</value>
    public string? CacheDirectory { get; set; }

    /// <summary>Whether only the cache is looked at, and the network never.</summary>
    /// <value>The default is null: <c>HF_HUB_OFFLINE</c>, or false.</value>
    public bool? Offline { get; set; }
}
