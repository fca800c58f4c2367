namespace EdgeAI.Isolation;

/// <summary>What a message between the app and a worker is: load, run and cancel go to the worker, the others come from it.</summary>
internal enum WorkerMessageKind : byte
{
    Load,
    Run,
    Cancel,
    Loaded,
    Outputs,
    Failed,
}
