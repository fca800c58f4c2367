namespace EdgeAI.Models;

/// <summary>What an input or output of a model is.</summary>
public enum ModelValueKind
{
    /// <summary>A dense tensor.</summary>
    Tensor = 1,

    /// <summary>A sequence of values of one type.</summary>
    Sequence = 2,

    /// <summary>A map from integers or strings to values.</summary>
    Map = 3,

    /// <summary>A value or nothing.</summary>
    Optional = 4,

    /// <summary>A sparse tensor. It can be described, not passed.</summary>
    SparseTensor = 5,
}
