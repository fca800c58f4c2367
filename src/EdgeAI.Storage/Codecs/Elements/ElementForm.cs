namespace EdgeAI.Storage.Codecs.Elements;

/// <summary>What a chunk's elements are, as far as a codec cares. The numbers stand in packs and are never given another meaning.</summary>
internal enum ElementForm : byte
{
    /// <summary>Bytes of which nothing is known.</summary>
    Bytes = 0,

    /// <summary>Signed integers of one byte.</summary>
    Int8 = 1,

    /// <summary>IEEE 754 binary16.</summary>
    Float16 = 2,

    /// <summary>The upper half of binary32.</summary>
    BFloat16 = 3,

    /// <summary>IEEE 754 binary32.</summary>
    Float32 = 4,

    /// <summary>Unsigned integers of one byte.</summary>
    UInt8 = 5,
}
