using EdgeAI.Testing.RuntimeProcess;

// Works as another process than the test:
//   engine <data> <folder of models>
//   hog
//   isolated <data> <model>
// An engine has all models of the folder, each with its weights in private memory, and loads them; a hog takes memory and keeps it. Both say what they have, wait for a line, and go on until there is none. An isolated app runs a model in a worker, and does not end.
if (args[0] == "engine")
{
    await new IdleEngine(args[1], args[2]).RunAsync();
}
else if (args[0] == "isolated")
{
    await IsolatedApp.RunAsync(args[1], args[2]);
}
else
{
    Hog.Run();
}
