namespace EdgeAI.Testing.Catalogue;

/// <summary>How a hostile model must be refused.</summary>
public enum HostileModelRefusal
{
    /// <summary>As something that is not a usable model.</summary>
    Invalid = 0,

    /// <summary>As one that refers to a file outside its folder.</summary>
    UnsafePath = 1,

    /// <summary>As one that lacks a file.</summary>
    MissingFile = 2,
}
