namespace EdgeAI.Remote.Configuration;

/// <summary>Whom a cluster's servers are to be, and who this machine is to them. For endpoints with https.</summary>
public sealed class RemoteTlsOptions
{
    /// <summary>A file with the certificates (PEM) of the authorities that servers' certificates must come from, and no others.</summary>
    /// <value>The default is null: the authorities that the machine trusts.</value>
    public string? CaCertificatePath { get; set; }

    /// <summary>A file with this machine's certificate (PEM), for servers that ask for one.</summary>
    /// <value>The default is null: none.</value>
    public string? ClientCertificatePath { get; set; }

    /// <summary>The file with the private key (PEM) that goes with <see cref="ClientCertificatePath"/>; null when it is in the same file.</summary>
    public string? ClientKeyPath { get; set; }

    /// <summary>The password of the private key; null when it has none. Never logged.</summary>
    public string? ClientKeyPassword { get; set; }
}
