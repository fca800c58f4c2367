namespace EdgeAI.Providers.Onnx;

/// <summary>The threads that share a run.</summary>
internal enum RunThreads
{
    /// <summary>As many as the options say; without a word there one for each processor. They spin within a run, and sleep between runs.</summary>
    AsSet,

    /// <summary>The same, but awake for some tenths of a millisecond after a run.</summary>
    AwakeBriefly,

    /// <summary>The same, but awake for some milliseconds after a run.</summary>
    AwakeLonger,

    /// <summary>The caller's alone.</summary>
    One,
}
