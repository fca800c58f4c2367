namespace EdgeAI.Providers.Onnx;

/// <summary>What becomes of a model's weights.</summary>
internal enum PackingPlan
{
    /// <summary>Mapped as they are.</summary>
    None,

    /// <summary>Packed at each load, in private memory.</summary>
    Private,

    /// <summary>Packed once, kept in a file and mapped; the first load waits for it.</summary>
    Kept,

    /// <summary>Mapped as they are at first, and changed over to a kept file when that is made.</summary>
    Behind,
}
