namespace EdgeAI.Transfers;

/// <summary>Which way bytes go.</summary>
public enum TransferDirection
{
    /// <summary>From elsewhere to this machine.</summary>
    Down = 0,

    /// <summary>From this machine to elsewhere.</summary>
    Up = 1,
}
