namespace EdgeAI.Benchmarks.Store.Peers;

/// <summary>A program that does part of what the store does.</summary>
internal interface IPeer
{
    /// <summary>What it is called in tables.</summary>
    string Name { get; }

    /// <summary>The program that must be installed.</summary>
    string Program { get; }

    /// <summary>Debian's package that brings it.</summary>
    string Package { get; }

    /// <summary>Whether a file takes it minutes.</summary>
    bool IsSlow => false;
}
