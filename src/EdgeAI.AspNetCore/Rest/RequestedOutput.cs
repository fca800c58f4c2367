namespace EdgeAI.AspNetCore.Rest;

/// <summary>An output that a request asks for.</summary>
/// <param name="Name">Its name in the model.</param>
/// <param name="IsBinary">Whether it is wanted in binary form; null for what the request says for all.</param>
internal readonly record struct RequestedOutput(string Name, bool? IsBinary);
