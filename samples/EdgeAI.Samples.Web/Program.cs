using EdgeAI.Samples.Web.Listening;
using EdgeAI.Samples.Web.Reading;
using EdgeAI.Samples.Web.Setup;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Services.AddEdgeAI(options => options.DataDirectory = SampleFolders.StoreOf(builder.Configuration)).AddServing();
builder.Services.AddSingleton<ModelSetup>().AddSingleton<PictureReader>().AddSingleton<SpeechListener>();

var app = builder.Build();
await app.Services.GetRequiredService<ModelSetup>().RunAsync(app.Lifetime.ApplicationStopping);

app.UseDefaultFiles();
app.UseStaticFiles();
app.MapPost("/read", PictureEndpoint.ReadAsync);
app.MapPost("/listen", SpeechEndpoint.ListenAsync);
app.MapEdgeAI();
app.Run();
